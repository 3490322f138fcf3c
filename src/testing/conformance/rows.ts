/** The rows that every case begins with, in canonical form. */
import type { Value } from '../../model/index.ts'

type Row = Readonly<Record<string, Value>>

const uuid = (number: number): string => `01936f00-0000-7000-8000-${String(number).padStart(12, '0')}`

/** Keys that cases name. */
export const keys = {
  ann: uuid(1),
  bob: uuid(2),
  cyd: uuid(3),
  aurora: uuid(11),
  borealis: uuid(12),
  corvus: uuid(13),
  deneb: uuid(14),
  absent: uuid(99),
} as const

/** The moment of every request. */
export const moment = '2026-11-22T17:29:21.000Z'

/** Models in an order in which each refers to earlier ones only. */
export const startRows: Readonly<Record<string, readonly Row[]>> = {
  Person: [
    { id: keys.ann, name: 'Ann', email: 'ann@example.com', role: 'master' },
    { id: keys.bob, name: 'Bob', email: 'bob@example.com', role: 'pilot' },
    { id: keys.cyd, name: 'Cyd', email: 'cyd@example.com', role: 'member' },
  ],
  Licence: [
    { id: uuid(21), number: 'L-1', holderId: keys.ann, issued: '2020-02-29' },
    { id: uuid(22), number: 'L-2', holderId: keys.bob, issued: '2021-03-01' },
  ],
  Harbour: [
    { code: 'HAM', name: 'Hamburg', draught: '15.10' },
    { code: 'OSL', name: 'Oslo', draught: null },
    { code: 'ROT', name: 'Rotterdam', draught: '24.00' },
  ],
  Berth: [
    { harbourCode: 'HAM', number: 1, length: '300.00', covered: false },
    { harbourCode: 'HAM', number: 2, length: '120.50', covered: true },
    { harbourCode: 'ROT', number: 1, length: '400.00', covered: false },
  ],
  Vessel: [
    vessel(keys.aurora, 'Aurora', 'NO', '52000.125', keys.ann, keys.bob, null),
    vessel(keys.borealis, 'Borealis', null, '800.000', keys.bob, keys.bob, keys.aurora),
    vessel(keys.corvus, 'Corvus', 'black', '1200.500', keys.cyd, null, null),
    { ...vessel(keys.deneb, 'Deneb', 'NO', '10.000', keys.ann, null, null), deletedAt: '2026-01-01T00:00:00.000Z' },
  ],
  Assignment: [
    { id: uuid(31), vesselId: keys.aurora, personId: keys.ann, rank: 1, since: '2025-01-01T00:00:00.000Z' },
    { id: uuid(32), vesselId: keys.aurora, personId: keys.bob, rank: 2, since: '2025-02-01T00:00:00.000Z' },
    { id: uuid(33), vesselId: keys.borealis, personId: keys.bob, rank: 1, since: '2025-03-01T00:00:00.000Z' },
  ],
  Visit: [
    visit(keys.aurora, keys.ann, false, null),
    visit(keys.aurora, keys.bob, true, null),
    visit(keys.aurora, keys.cyd, false, '2026-01-01T00:00:00.000Z'),
    visit(keys.corvus, keys.ann, true, null),
    visit(keys.corvus, keys.cyd, true, null),
  ],
  Certificate: [
    { code: 'ISM', issuer: 'DNV' },
    { code: 'SOLAS', issuer: 'IMO' },
  ],
  Certificate_vessels: [
    { certificateCode: 'ISM', vesselId: keys.aurora },
    { certificateCode: 'SOLAS', vesselId: keys.aurora },
    { certificateCode: 'ISM', vesselId: keys.borealis },
  ],
  Voyage: [
    voyage(1, keys.aurora, 'HAM', 'OSL', 'HAM', 1, null, 'sailed', '2026-01-10T08:00:00.000Z', 5, 'first'),
    voyage(2, keys.aurora, 'OSL', 'ROT', null, null, 1, 'planned', '2026-02-10T08:00:00.000Z', null, null),
    voyage(3, keys.borealis, 'HAM', null, 'HAM', 2, null, 'planned', '2026-02-10T08:00:00.000Z', 5, ''),
    voyage(4, keys.borealis, 'ROT', 'HAM', 'ROT', 1, 3, 'secret', '2026-03-10T08:00:00.000Z', -1, 'smuggled'),
    voyage(5, keys.corvus, 'ROT', 'ROT', null, null, null, 'planned', '2026-04-10T08:00:00.000Z', null, 'loop'),
  ],
  Cargo: [
    cargo(41, 1, 'grain', '1000.500', '9007199254740993', 0.1, 10, true),
    cargo(42, 1, 'Grain ', '0.250', null, 0.2, 1, false),
    cargo(43, 2, 'steel', '2000.000', '1', null, 3, null),
    cargo(44, 3, 'grain', '0.125', '-5', 0.5, 0, true),
    cargo(45, 4, 'crates', '77.000', null, null, 2, null),
  ],
}

function vessel(
  id: string,
  name: string,
  flag: string | null,
  tonnage: string,
  owner: string,
  captain: string | null,
  tender: string | null,
): Row {
  return { id, name, flag, tonnage, ownerId: owner, captainId: captain, tenderId: tender, version: 1, deletedAt: null }
}

function visit(vesselId: string, personId: string, secret: boolean, deletedAt: string | null): Row {
  return { vesselId, personId, secret, deletedAt }
}

function voyage(
  id: number,
  vesselId: string,
  originCode: string,
  destinationCode: string | null,
  berthHarbourCode: string | null,
  berthNumber: number | null,
  previousId: number | null,
  state: string,
  departs: string,
  priority: number | null,
  note: string | null,
): Row {
  return {
    id,
    vesselId,
    originCode,
    destinationCode,
    berthHarbourCode,
    berthNumber,
    previousId,
    state,
    departs,
    priority,
    note,
  }
}

function cargo(
  id: number,
  voyageId: number,
  label: string,
  weight: string,
  worth: string | null,
  share: number | null,
  pieces: number,
  sealed: boolean | null,
): Row {
  return { id: uuid(id), voyageId, label, weight, worth, share, pieces, sealed }
}
