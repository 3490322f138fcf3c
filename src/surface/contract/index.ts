/** What the surfaces that answer over HTTP have in common with the server that carries them. */
export type { Answer, Eventually, Exchange, IncomingRequest, Method, PresentError, Route } from './exchange.ts'
