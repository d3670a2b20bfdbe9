import { BadInput, type Input } from '@slipway/shared/action/input';

/** A port that the address of a container group opens. */
export interface GroupPort {
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

const example = '3000';

/** `PORT`, `PORT/tcp` or `PORT/udp`. */
export const groupPort: Input<GroupPort> = {
  example,
  parse(value) {
    const [, digits, protocol = 'tcp'] = /^(\d{1,5})(?:\/(tcp|udp))?$/i.exec(value) ?? [];
    const port = Number(digits);
    if (!(port >= 1 && port <= 65_535)) throw new BadInput('has a line that is no port', example);
    const reserved = reservedPorts.find(([low, high]) => low <= port && port <= high);
    if (reserved) throw new BadInput(`has port ${port}, which Azure keeps for itself`, example);
    return { port, protocol: protocol.toLowerCase() === 'udp' ? 'UDP' : 'TCP' };
  },
};

/**
 * Ports that container groups cannot use, as ranges with both ends.
 * Source: https://learn.microsoft.com/azure/container-instances/container-instances-faq
 */
export const reservedPorts: ReadonlyArray<readonly [number, number]> = [
  [22, 22],
  [1_025, 1_027],
  [3_389, 3_399],
  [9_999, 9_999],
  [19_000, 19_000],
  [19_080, 19_080],
  [19_100, 19_100],
  [19_390, 19_390],
  [20_000, 30_000],
  [49_152, 65_534],
];
