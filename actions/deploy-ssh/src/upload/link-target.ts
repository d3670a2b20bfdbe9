/**
 * Says what is wrong with the target of a symbolic link, or undefined when it surely stays inside
 * the release. Its own folder is a real one, so `..` at the start of the target is what it seems; a
 * `..` behind a name may follow another link to anywhere.
 * @param path of the link, from the root of the release on
 */
export function linkProblem(path: string, target: string): string | undefined {
  if (target.startsWith('/')) return 'is absolute';
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const ups = parts.findIndex((part) => part !== '..');
  const rest = ups < 0 ? [] : parts.slice(ups);
  const depth = path.split('/').length - 1;
  if (parts.length - rest.length > depth) return 'is outside the folder';
  if (rest.includes('..')) return 'goes up again behind a name';
  return undefined;
}
