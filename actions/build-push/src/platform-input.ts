import { BadInput, type Input } from '@slipway/shared/action/input';

// What Go builds for and images exist of: https://go.dev/doc/install/source#environment and
// https://github.com/opencontainers/image-spec/blob/main/image-index.md
const systems = ['linux', 'windows', 'darwin', 'freebsd', 'wasi'];
const machines =
  '386 amd64 arm arm64 loong64 mips mipsle mips64 mips64le ppc64 ppc64le riscv64 s390x wasm'.split(
    ' ',
  );
// How BuildKit writes variants that go without saying: containerd's platforms.Normalize.
const normal: Readonly<Record<string, string>> = {
  'amd64/v1': 'amd64',
  'arm64/v8': 'arm64',
  arm: 'arm/v7',
};

const example = 'linux/amd64,linux/arm64';

/** Platforms, one a line or with commas, each once and as a registry will name it. */
export const platformList: Input<string[]> = {
  multiline: true,
  example,
  parse(value) {
    const given = value.split(/[\n,]/).map((item) => item.trim());
    return [...new Set(given.filter((item) => item !== '').map(platform))];
  },
};

function platform(text: string): string {
  const [, system = '', machine = '', variant = ''] =
    /^([a-z0-9]+)\/([a-z0-9_]+)(\/[a-z0-9.]+)?$/.exec(text) ?? [];
  if (!systems.includes(system) || !machines.includes(machine)) {
    throw new BadInput(`names no platform: ${JSON.stringify(text.slice(0, 100))}`, example);
  }
  const written = machine + variant;
  return `${system}/${normal[written] ?? written}`;
}
