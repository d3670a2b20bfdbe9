/**
 * The address of a submodule: one that starts with `./` or `../` counts from the address of the
 * repository that holds it; each `../` takes a part away, at the last slash or else at the colon of
 * `host:path`.
 * Source: git-submodule(1), "add"; git, t/t0060-path-utils.sh
 * @returns undefined when it goes up further than the address goes
 */
export function relativeAddress(base: string, url: string): string | undefined {
  if (!/^\.{1,2}\//.test(url)) return url;
  let above = base.replace(/\/$/, '');
  let rest = url;
  let joint = '/';
  for (;;) {
    if (rest.startsWith('./')) {
      rest = rest.slice(2);
    } else if (rest.startsWith('../')) {
      rest = rest.slice(3);
      const slash = above.lastIndexOf('/');
      const cut = slash >= 0 ? slash : above.lastIndexOf(':');
      // `https://host` and `host` have nothing above them.
      if (cut < 0 || joint === ':' || above[cut - 1] === '/') return undefined;
      joint = slash >= 0 ? '/' : ':';
      above = above.slice(0, cut);
    } else {
      return `${above}${joint}${rest}`.replace(/\/$/, '');
    }
  }
}
