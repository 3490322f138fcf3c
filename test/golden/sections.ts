/** The form of a golden file: a title, and sections with a title each. */

export function goldenText(name: string, sections: Readonly<Record<string, string>>): string {
  const parts = Object.entries(sections).flatMap(([title, text]) => [`## ${title}`, '', text, ''])
  return [`# ${name}`, '', ...parts].join('\n')
}

export function sectionsOf(text: string): Readonly<Record<string, string>> {
  const parts = text.split(/^## (.+)\n\n/m).slice(1)
  const titled = parts.flatMap((part, index) => (index % 2 === 0 ? [[part, (parts[index + 1] ?? '').trimEnd()]] : []))
  return Object.fromEntries(titled) as Record<string, string>
}
