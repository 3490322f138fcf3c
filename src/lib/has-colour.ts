/** Whether what is printed has colours: for terminals, unless they are not wanted (no-color.org). */
export function hasColour(): boolean {
  const { stdout, env } = process
  const wanted = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0'
  return (env['NO_COLOR'] ?? '') === '' && (stdout.isTTY || wanted)
}
