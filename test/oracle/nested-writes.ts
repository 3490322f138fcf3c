/** Rows that are written along with others: those that they belong to before them, children and links behind them. */
import type { ModelNode, RelationNode, Value } from '../../src/model/index.ts'
import { remove } from './deletion.ts'
import { type Ledger, type Nested, Refused, Undecided } from './ledger.ts'
import { certainty, fieldCertainty, modelClosed } from './rights.ts'
import { modelOf, type Row } from './world.ts'
import { bodies, type Body, list } from './written-row.ts'

type Values = Readonly<Record<string, Value>>

interface Parent {
  readonly row: Row
  readonly words: Body
}

export class NestedWrites {
  readonly #ledger: Ledger

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** Rows that the written ones belong to: what these refer to them by. */
  writeReferences(model: ModelNode, rows: readonly (readonly Nested[])[]): readonly Values[] {
    const references = rows.map((): Record<string, Value> => ({}))
    const relations = new Set(rows.flatMap(nested => nested.map(([relation]) => relation)))
    for (const relation of relations) {
      if (relation.kind !== 'belongsTo') continue
      const target = modelOf(this.#ledger.world, relation.target)
      const words = rows.map(nested => nested.find(([one]) => one === relation)?.[1] ?? null)
      const created = this.#createAll(
        target,
        words.flatMap(word => bodies(word?.['create']).map(body => ({ body, reference: {} }))),
      )
      let next = 0
      for (const [index, word] of words.entries()) {
        if (word === null) continue
        const [connected] = list(word['connect']).map(address => this.#ledger.named(target, address))
        const end = bodies(word['create']).length > 0 ? created[next++] : connected
        if (word['disconnect'] !== undefined && !relation.nullable)
          throw new Refused(`${model.name}.${relation.name} cannot lead nowhere`)
        if (end === undefined && word['disconnect'] === undefined) throw new Undecided('a relation that says nothing')
        for (const { local, remote } of relation.on) (references[index] ??= {})[local] = end?.[remote] ?? null
      }
    }
    return references
  }

  /** Rows that belong to the written ones, and their links. */
  writeDependents(rows: readonly { readonly row: Row; readonly nested: readonly Nested[] }[]): void {
    const relations = new Set(rows.flatMap(({ nested }) => nested.map(([relation]) => relation)))
    for (const relation of relations) {
      if (relation.kind === 'belongsTo') continue
      const parents = rows.flatMap(({ row, nested }): Parent[] => {
        const words = nested.find(([one]) => one === relation)?.[1]
        return words === undefined ? [] : [{ row, words }]
      })
      if (relation.kind === 'manyToMany') this.#link(relation, parents)
      else this.#writeChildren(relation, parents)
    }
  }

  #createAll(model: ModelNode, wanted: readonly { readonly body: Body; readonly reference: Values }[]): readonly Row[] {
    if (wanted.length === 0) return []
    this.#ledger.requireOpen(model, 'create')
    const rows = wanted.map(({ body, reference }) => {
      const { values } = this.#ledger.read(model, body, 'create')
      return { values: { ...values, ...reference }, written: [...Object.keys(values), ...Object.keys(reference)] }
    })
    for (const name of rows.flatMap(row => row.written)) this.#ledger.requireFieldOpen(model, name)
    return this.#ledger.insert(model, rows)
  }

  /**
   * The rows that are there for the caller, and those that are not, each once: a row is known by the key, or by the first unique whose values it
   * gives.
   */
  #recognise(
    model: ModelNode,
    given: readonly { readonly body: Body; readonly reference: Values }[],
  ): {
    readonly there: readonly (Row | null)[]
    readonly absent: readonly number[]
    readonly places: readonly number[]
  } {
    const ledger = this.#ledger
    for (const { body } of given) ledger.read(model, body, 'create')
    const candidates = [model.key, ...model.uniques.map(({ fields }) => fields)]
    const known = given.map(({ body, reference }) => {
      const all: Body = { ...body, ...reference }
      const by = candidates.find(fields => fields.every(name => (all[name] ?? null) !== null))
      if (by === undefined) throw new Refused(`nothing tells a row of ${model.name} apart`)
      if (by.some(name => fieldCertainty(ledger.before, model.name, name) !== true))
        throw new Refused(`${by.join(', ')} of ${model.name} is closed`)
      if (modelClosed(ledger.before, model.name)) throw new Refused(`${model.name} is closed`)
      const tuple = by.map(name => all[name] as Value)
      return { by, tuple, row: ledger.addressed(model, by, tuple).find(row => ledger.seen(model, row)) ?? null }
    })
    const isSame = (one: (typeof known)[number], other: (typeof known)[number]): boolean =>
      one.by === other.by && ledger.isSaid(model, one.by, one.tuple, other.tuple)
    const fresh = known.filter(
      ({ row }, index) => row === null && known.findIndex(one => isSame(one, known[index] ?? one)) === index,
    )
    // Of several that are one the last is made.
    const absent = fresh.map(one => known.findLastIndex(other => isSame(one, other)))
    return {
      there: known.map(({ row }) => row),
      absent,
      places: known.map(one => fresh.findIndex(other => isSame(one, other))),
    }
  }

  #writeChildren(relation: RelationNode, parents: readonly Parent[]): void {
    const ledger = this.#ledger
    const child = modelOf(ledger.world, relation.target)
    const names = relation.on.map(({ remote }) => remote)
    const refers = (one: Row, reference: Values): boolean => names.every(name => one[name] === reference[name])
    const known = parents.map(({ row, words }) => {
      const reference = Object.fromEntries(relation.on.map(({ local, remote }) => [remote, row[local] ?? null]))
      const ensured = [...bodies(words['connectOrCreate']), ...bodies(words['setOrCreate'])]
      return { reference, words, ensured: ensured.map(body => ({ body, reference })) }
    })
    const ensured = known.flatMap(parent => parent.ensured)
    const { there, absent } = this.#recognise(child, ensured)
    // Each goes where its last move leads; those that leave are moved first.
    const moves = new Map<Row, { readonly to: Values | null; readonly from: Values }>()
    const coming: [Row, Values][] = []
    let next = 0
    for (const { words, reference, ensured: own } of known) {
      const mine: Row[] = there.slice(next, next + own.length).filter(row => row !== null)
      next += own.length
      for (const word of ['connect', 'set'])
        if (!isNothing(words[word])) mine.push(...list(words[word]).map(address => ledger.named(child, address)))
      if (words['disconnect'] !== undefined && words['disconnect'] !== true)
        for (const address of list(words['disconnect']))
          moves.set(ledger.named(child, address), { to: null, from: reference })
      if (words['set'] !== undefined || words['setOrCreate'] !== undefined || words['disconnect'] === true) {
        if (modelClosed(ledger.before, child.name)) throw new Refused(`${child.name} is closed`)
        if (names.some(name => fieldCertainty(ledger.before, child.name, name) !== true))
          throw new Undecided('a list whose reference is closed')
        for (const one of ledger.rows[child.name] ?? [])
          if (refers(one, reference) && ledger.seen(child, one) && !mine.includes(one))
            moves.set(one, { to: null, from: reference })
      }
      coming.push(...mine.map((one): [Row, Values] => [one, reference]))
    }
    for (const [one, reference] of coming) moves.set(one, { to: reference, from: reference })
    if (moves.size > 0) this.#move(child, names, moves, refers)
    const created = known.flatMap(({ words, reference }) => bodies(words['create']).map(body => ({ body, reference })))
    this.#createAll(child, [...created, ...absent.flatMap(index => ensured[index] ?? [])])
  }

  #move(
    child: ModelNode,
    names: readonly string[],
    moves: ReadonlyMap<Row, { readonly to: Values | null; readonly from: Values }>,
    refers: (one: Row, reference: Values) => boolean,
  ): void {
    const ledger = this.#ledger
    ledger.requireOpen(child, 'update')
    const judge = ledger.judge()
    const nobody = Object.fromEntries(
      names.filter(name => child.fields[name]?.nullable === true).map(name => [name, null]),
    )
    const changes = [...moves].flatMap(([row, { to, from }]) => {
      // Also of those that stay as they are: that is told only to those who may change them.
      if (!ledger.isAllowed(child, row, 'update', names, judge)) throw new Refused(`update of ${child.name}`)
      if (to === null ? !refers(row, from) : refers(row, to)) return []
      if (to === null && Object.keys(nobody).length === 0) throw new Refused(`${child.name} has to belong to something`)
      for (const name of names) ledger.requireWritable(child, name, 'update')
      return [{ row, values: to ?? nobody }]
    })
    ledger.changeAll(child, changes, names)
  }

  #link(relation: RelationNode, parents: readonly Parent[]): void {
    const ledger = this.#ledger
    const { through } = relation
    if (through === null) throw new Error('a manyToMany without links')
    const join = modelOf(ledger.world, through.model)
    const target = modelOf(ledger.world, relation.target)
    const created = this.#createAll(
      target,
      parents.flatMap(({ words }) => bodies(words['create']).map(body => ({ body, reference: {} }))),
    )
    const ensured = parents.flatMap(({ words }) =>
      [...bodies(words['connectOrCreate']), ...bodies(words['setOrCreate'])].map(body => ({ body, reference: {} })),
    )
    const { there, absent, places } = this.#recognise(target, ensured)
    const fresh = this.#createAll(
      target,
      absent.flatMap(index => ensured[index] ?? []),
    )
    const ensuredRows = ensured.map((_, index) => there[index] ?? fresh[places[index] ?? -1])
    const connected = parents.map(({ words }) =>
      ['connect', 'set'].flatMap(word => list(words[word]).map(address => ledger.named(target, address))),
    )
    let [nextCreated, nextEnsured] = [0, 0]
    const wanted: Row[] = []
    for (const [index, { row, words }] of parents.entries()) {
      const own = Object.fromEntries(through.local.map(({ local, through: name }) => [name, row[local] ?? null]))
      const linkTo = (end: Row): Row => ({
        ...own,
        ...Object.fromEntries(through.remote.map(({ remote, through: name }) => [name, end[remote] ?? null])),
      })
      const count = bodies(words['connectOrCreate']).length + bodies(words['setOrCreate']).length
      const mine: Row[] = [
        ...created.slice(nextCreated, (nextCreated += bodies(words['create']).length)),
        ...ensuredRows.slice(nextEnsured, (nextEnsured += count)).filter(one => one !== undefined),
        ...(connected[index] ?? []),
      ]
      if (words['set'] !== undefined || words['setOrCreate'] !== undefined) {
        const keep = mine.map(linkTo)
        const leads = (link: Row): boolean =>
          (ledger.rows[target.name] ?? []).some(end => covers(link, linkTo(end)) && ledger.seen(target, end))
        this.#unlink(join, link => covers(link, own) && !keep.some(one => covers(link, one)) && leads(link))
      }
      const leaving = list(words['disconnect']).map(address => linkTo(ledger.named(target, address)))
      if (leaving.length > 0) this.#unlink(join, link => leaving.some(one => covers(link, one)))
      wanted.push(...mine.map(linkTo))
    }
    this.#ensureLinks(join, wanted)
  }

  #unlink(join: ModelNode, goes: (link: Row) => boolean): void {
    const ledger = this.#ledger
    const links = ledger.rows[join.name] ?? []
    if (join.hidden) {
      ledger.rows[join.name] = links.filter(link => !goes(link))
      return
    }
    if (modelClosed(ledger.before, join.name)) throw new Refused(`${join.name} is closed`)
    if (Object.keys(links[0] ?? {}).some(name => fieldCertainty(ledger.before, join.name, name) !== true))
      throw new Undecided('links whose ends are closed')
    const judge = ledger.judge()
    const going = links.filter(link => ledger.seen(join, link) && goes(link))
    for (const link of going) ledger.requireAllowed(join, link, 'delete', judge)
    remove(ledger, join, going)
  }

  #ensureLinks(join: ModelNode, wanted: readonly Row[]): void {
    const ledger = this.#ledger
    if (wanted.length === 0) return
    const links = (ledger.rows[join.name] ??= [])
    const distinct = wanted.filter((one, index) => wanted.findIndex(other => covers(other, one)) === index)
    if (join.hidden) {
      for (const link of distinct) if (!links.some(one => covers(one, link))) links.push(link)
      return
    }
    ledger.requireOpen(join, 'create')
    const judge = ledger.judge()
    const written = Object.keys(wanted[0] ?? {})
    const absent = distinct.filter(link => {
      const present = links.filter(one => covers(one, link) && judge.inScope(join.name, one))
      // One that is there and hidden is left alone only for whoever could make it.
      if (present.length > 0 && !present.some(one => ledger.seen(join, one)))
        for (const one of present)
          if (!ledger.isAllowed(join, one, 'create', written, judge)) throw new Refused(`create of ${join.name}`)
      return present.length === 0
    })
    for (const name of written) {
      const rule = join.rules?.fields[name]?.write
      if (
        absent.length > 0 &&
        ledger.caller.class !== 'system' &&
        rule !== undefined &&
        certainty(judge, rule) === false
      )
        throw new Refused(`${join.name}.${name} is closed`)
    }
    ledger.insert(
      join,
      absent.map(link => ({ values: link, written })),
    )
  }
}

const isNothing = (given: unknown): boolean => given === undefined
/** Whether a row has these values. */
const covers = (row: Row, values: Row): boolean => Object.keys(values).every(name => row[name] === values[name])
