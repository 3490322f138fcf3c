/** Why an address cannot be listened at, in the words of the settings that name it. */
import { refusal } from '../error/index.ts'

/** By the code of the system. */
const problems: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no address has that name',
  EAI_AGAIN: 'no address was found for that name',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'this user may not listen there',
}

export function listenFailure(
  error: Error,
  { host, port, command }: { readonly host: string; readonly port: number; readonly command: string },
): Error {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return refusal('boot.port-taken', { host, port, free: port + 1, command })
  const problem = problems[code]
  if (problem === undefined) return error
  return refusal('boot.setting-invalid', { where: `HOST=${host}, PORT=${port}`, problem }, { cause: error })
}
