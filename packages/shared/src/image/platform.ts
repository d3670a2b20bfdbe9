/**
 * A platform in the one spelling that engines compare by: `linux/x86_64` is `linux/amd64`,
 * `linux/arm64/v8` is `linux/arm64`, `linux/arm` is `linux/arm/v7`.
 * Source: https://github.com/containerd/platforms/blob/main/database.go
 */
export function normalPlatform(platform: string): string {
  const [os = '', machine = '', variant = ''] = platform.toLowerCase().split('/');
  const system = os === 'macos' ? 'darwin' : os;
  const [architecture, more] = machineOf(machine, variant);
  return [system, architecture, more].filter((part) => part !== '').join('/');
}

function machineOf(machine: string, variant: string): [string, string] {
  const number = variant.replace(/^v/, '').replace(/\.0$/, '');
  switch (machine) {
    case 'i386':
    case '386':
      return ['386', ''];
    case 'x86_64':
    case 'x86-64':
    case 'amd64':
      return ['amd64', number === '1' ? '' : variant];
    case 'aarch64':
    case 'arm64':
      return ['arm64', number === '8' ? '' : number && `v${number}`];
    case 'armhf':
      return ['arm', 'v7'];
    case 'armel':
      return ['arm', 'v6'];
    case 'arm':
      return ['arm', `v${number || '7'}`];
    default:
      return [machine, variant];
  }
}

/**
 * The platforms that a wanted one stands for: the very same, else its variants.
 * @param of tells the platform of each; undefined is none
 */
export function matchesOf<T>(
  all: readonly T[],
  wanted: string,
  of: (one: T) => string | undefined,
): T[] {
  const normal = normalPlatform(wanted);
  const has = (one: T) => normalPlatform(of(one) ?? '');
  const exact = all.filter((one) => has(one) === normal);
  if (exact.length > 0) return exact;
  const prefix = `${wanted.toLowerCase()}/`;
  return all.filter((one) => has(one).startsWith(`${normal}/`) || has(one).startsWith(prefix));
}
