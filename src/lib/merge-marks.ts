/** Whether a text has the marks that git leaves where two branches have changed the same lines. */
export const hasMergeMarks = (text: string): boolean => /^(?:<{7}|={7}|>{7})/mu.test(text)
