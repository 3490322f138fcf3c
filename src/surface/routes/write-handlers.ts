/** Declared routes that write rows: create, update, remove, and ties between the caller and a row. */
import { type ErrorDetail, refusal } from '../../error/index.ts'
import { wholeText } from '../../lib/index.ts'
import {
  createRows,
  deleteRow,
  inOutwardWords,
  linkRow,
  projectionInput,
  type ProjectionInput,
  requireOpen,
  selectionOf,
  updateRow,
  type Written,
} from '../../operation/index.ts'
import { type Answer, type Exchange, once, refuseConditions, versionAsked } from '../contract/index.ts'
import type { CreateRoute, LinkRoute, RemoveRoute, UpdateRoute } from './declaration.ts'
import { readQuery } from './read-query.ts'
import {
  addressOf,
  callerKey,
  enveloped,
  json,
  noBody,
  parentTexts,
  requireParent,
  type RouteContext,
} from './route-context.ts'

const form = 'json'

type Handler = (exchange: Exchange) => Promise<Answer>

export function createHandler(route: RouteContext, create: CreateRoute): Handler {
  const { engine } = route
  const { model, path, projection } = create
  const input = projectionInput(create.input, model, projection.envelope.one ?? null)
  const select = selectionOf(projection)
  return async exchange => {
    requireOpen(engine, 'create', model, exchange.context)
    readQuery(exchange.search, [])
    refuseConditions(exchange)
    return await once(engine, exchange, async context => {
      await requireParent(route, path, exchange, context)
      const { row, mistakes, found } = input.read(exchange.body)
      if (!found) throw refusal('values.invalid', { model }, { errors: mistakes })
      const { parent } = path
      const texts = parentTexts(path, exchange)
      const rows = [
        parent === null
          ? row
          : {
              ...row,
              [parent.relation]: {
                connect: Object.fromEntries(parent.fields.map((field, index) => [field, texts[index]])),
              },
            },
      ]
      const written = createRows(engine, { model, form, select, rows, many: false, mistakes }, context)
      return rowAnswer(create, await outward(written, input, mistakes), 201)
    })
  }
}

export function updateHandler(route: RouteContext, update: UpdateRoute): Handler {
  const { engine } = route
  const { model, path, projection } = update
  const input = projectionInput(update.input, model, projection.envelope.one ?? null)
  const select = selectionOf(projection)
  return async exchange => {
    requireOpen(engine, 'update', model, exchange.context)
    readQuery(exchange.search, [])
    const ifVersion = versionAsked(exchange)
    return await once(engine, exchange, async context => {
      const address = await addressOf(route, model, path, update.row, exchange, context)
      const { row, mistakes } = input.read(exchange.body)
      const written = updateRow(engine, { model, form, select, address, changes: row, ifVersion, mistakes }, context)
      return rowAnswer(update, await outward(written, input, mistakes), 200)
    })
  }
}

export function removeHandler(route: RouteContext, remove: RemoveRoute): Handler {
  const { engine } = route
  const { model, path } = remove
  return async exchange => {
    requireOpen(engine, 'delete', model, exchange.context)
    readQuery(exchange.search, [])
    const ifVersion = versionAsked(exchange)
    return await once(engine, exchange, async context => {
      const address = await addressOf(route, model, path, 'path', exchange, context)
      await deleteRow(engine, { model, form, address, ifVersion }, context)
      return noBody
    })
  }
}

export function linkHandler(route: RouteContext, link: LinkRoute): Handler {
  const { engine } = route
  const { model, path, projection, relation, linked } = link
  const select = selectionOf(projection)
  return async exchange => {
    const other = callerKey(exchange.context.caller, engine.graph.caller ?? model)
    readQuery(exchange.search, [])
    refuseConditions(exchange)
    refuseContent(exchange.body)
    return await once(engine, exchange, async context => {
      const address = await addressOf(route, model, path, 'path', exchange, context)
      const input = { model, form, select, address, relation, other, linked } as const
      return rowAnswer(link, await linkRow(engine, input, context), 200)
    })
  }
}

/** Mistakes name the places of the body as it was sent. */
async function outward(
  written: Promise<Written>,
  input: ProjectionInput,
  mistakes: readonly ErrorDetail[],
): Promise<Written> {
  try {
    return await written
  } catch (error) {
    throw inOutwardWords(error, input, mistakes)
  }
}

/** What the caller may not read is not told (semantics 3). */
function rowAnswer({ projection }: Pick<CreateRoute, 'projection'>, { json: row }: Written, status: number): Answer {
  return row === null ? noBody : { status, type: json, body: enveloped(projection, wholeText(row)) }
}

/** Some clients cannot send a POST without a body; an empty object says nothing either. */
function refuseContent(body: unknown): void {
  if (body === undefined) return
  if (typeof body === 'object' && body !== null && Object.keys(body).length === 0) return
  throw refusal('request.body-wrong-shape', { expected: 'empty' })
}
