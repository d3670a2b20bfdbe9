/** The last line that a program printed on stderr before it failed, or else what the error says. */
export function saidBy(error: unknown): string {
  const printed: unknown = Object(error).stderr;
  const lines = typeof printed === 'string' ? printed.trim().split('\n') : [];
  return lines.at(-1) || (error instanceof Error ? error.message : String(error));
}
