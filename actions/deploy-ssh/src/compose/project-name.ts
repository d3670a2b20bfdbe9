/** Compose's rule for project names: lower case, digits, dashes, underscores. */
export function projectName(path: string): string {
  const last = path.split('/').at(-1) ?? '';
  return (
    last
      .toLowerCase()
      .replace(/[^a-z0-9_-]+/g, '-')
      .replace(/^[^a-z0-9]+/, '') || 'app'
  );
}
