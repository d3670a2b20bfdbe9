import { readFile } from 'node:fs/promises';
import type { ContainerGroup } from '@azure/arm-containerinstance';
import type { GroupBody } from '../../../src/azure/aci/body.ts';
import type { ContainerGroup as Group } from '../../../src/azure/aci/group.ts';
import { type VirtualAci, virtualAci } from '../../../src/azure/aci/virtual/virtual-aci.ts';
import { type Azure, startAzure } from '../../../src/azure/azure.ts';
import { ManualClock } from '../../manual-clock.ts';
import { ArmClient, groupBody } from '../arm-client.ts';

export const second = 1_000;
export const minute = 60 * second;

/** A subscription with container groups, on a clock run by hand: by Microsoft's client, or by itself. */
export class Shop extends ArmClient implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly aci: VirtualAci;

  private constructor(clock: ManualClock, aci: VirtualAci, azure: Azure, ca: string) {
    super(azure, ca);
    this.clock = clock;
    this.aci = aci;
  }

  static async open({ throttled = false }: { throttled?: boolean } = {}): Promise<Shop> {
    const clock = new ManualClock();
    const aci = virtualAci({ clock });
    const azure = await startAzure({ aci: aci.world, throttled });
    return new Shop(clock, aci, azure, await readFile(azure.certificate, 'utf8'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.azure[Symbol.asyncDispose]();
  }

  /** Creates the group, which runs after this. */
  async create(body: GroupBody = groupBody()): Promise<void> {
    const said = await this.put(body);
    if (said.status !== 201) throw new Error(said.message);
    this.clock.pass(30 * second);
    this.aci.timeline.advance();
  }

  async group(): Promise<ContainerGroup> {
    return this.client.containerGroups.get('shop', 'shop');
  }

  /** The group, in an answer that has this; what is optional is left out at times. */
  async seen(has: (group: ContainerGroup) => unknown): Promise<ContainerGroup> {
    for (let looks = 0; looks < 8; looks += 1) {
      const group = await this.group();
      if (has(group)) return group;
    }
    throw new Error(`Not in 8 answers: ${JSON.stringify(await this.group())}`);
  }

  /** Lets time pass, second by second and without a request, until the group is so. */
  live(is: (group: Group) => boolean): void {
    for (let passed = 0; passed <= 3_600; passed += 1) {
      this.aci.timeline.advance();
      if (is(this.aci.world.group('shop'))) return;
      this.clock.pass(second);
    }
    throw new Error('Not within an hour.');
  }
}
