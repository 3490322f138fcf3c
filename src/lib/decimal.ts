/** Decimal numbers as text: no rounding, no floating point. */

const form = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/

/** `12.5` with scale 2 is `12.50`; undefined when the text is no decimal number or does not fit without rounding. */
export function canonicalDecimal(text: string, precision: number, scale: number): string | undefined {
  const match = form.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole = '0', fraction = ''] = match
  if (fraction.length > scale) return undefined
  if (whole !== '0' && whole.length > precision - scale) return undefined
  const digits = fraction.padEnd(scale, '0')
  const zero = whole === '0' && !/[1-9]/.test(digits)
  return `${zero ? '' : sign}${whole}${scale === 0 ? '' : '.'}${digits}`
}

/** The number as an integer of `10^-scale`: `12.50` with scale 2 is 1250n. Expects canonical text. */
export function decimalToScaled(text: string, scale: number): bigint {
  const [whole = '0', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale))
}

/** The way back: 1250n with scale 2 is `12.50`. */
export function scaledToDecimal(scaled: bigint, scale: number): string {
  const negative = scaled < 0n
  const digits = (negative ? -scaled : scaled).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  return `${negative ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`
}

/** Negative, zero or positive. The numbers may have different scales. */
export function compareDecimals(left: string, right: string): number {
  const scale = Math.max(fractionLength(left), fractionLength(right))
  const difference = decimalToScaled(left, scale) - decimalToScaled(right, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

function fractionLength(text: string): number {
  const point = text.indexOf('.')
  return point === -1 ? 0 : text.length - point - 1
}
