import type { Cancel } from '../../timeline.ts';
import { Container, type RestartPolicy } from './container.ts';
import type { EventLog } from './events.ts';
import { type Foundation, heard } from './foundation.ts';
import type { ContainerOrder, GroupOrder } from './runtime.ts';

export interface RoundParts {
  foundation: Foundation;
  policy: RestartPolicy;
  /** Of the group. */
  events: EventLog;
  /** Something is another way than it was. */
  changed: () => void;
}

/** All containers of a group from one start to the next: place, mounts, init containers, containers. */
export class Round {
  readonly init: readonly Container[];
  readonly main: readonly Container[];
  /** The group has its place and its address. */
  placed = false;
  readonly #group: GroupOrder;
  readonly #parts: RoundParts;
  readonly #cancels: Cancel[] = [];
  #started = false;
  #over = false;

  constructor(
    group: GroupOrder,
    orders: { init: readonly ContainerOrder[]; main: readonly ContainerOrder[] },
    parts: RoundParts,
  ) {
    this.#group = group;
    this.#parts = parts;
    const { foundation, policy } = parts;
    const changed = () => this.#changed();
    const make = (order: ContainerOrder) => new Container(order, { foundation, policy, changed });
    this.init = orders.init.map(make);
    this.main = orders.main.map(make);
  }

  /** The init container that ended in a way that ends the group. */
  get brokenInit(): Container | undefined {
    return this.init.find(({ finished, state }) => finished && state.exitCode !== 0);
  }

  begin(): void {
    this.#after(this.#parts.foundation.durations.place, () => {
      this.placed = true;
      this.#mount(0);
      this.#parts.changed();
    });
  }

  /** Ends all containers, and says so once none runs. */
  end(then: () => void): void {
    this.#over = true;
    for (const cancel of this.#cancels.splice(0)) cancel();
    const all = [...this.init, ...this.main];
    let left = all.length;
    for (const container of all) {
      container.end(() => {
        left -= 1;
        if (left === 0) then();
      });
    }
  }

  #mount(index: number): void {
    const { foundation } = this.#parts;
    const volume = this.#group.volumes[index];
    if (!volume) {
      this.#next();
      return;
    }
    const told = heard(foundation, (problem?: string) => {
      if (this.#over) return;
      if (problem === undefined) {
        this.#mount(index + 1);
        return;
      }
      // Of type Normal, as ACI has it.
      this.#parts.events.add('FailedMount', `Failed to mount volume '${volume.name}': ${problem}`);
      this.#parts.changed();
      this.#after(foundation.durations.backOff, () => this.#mount(index));
    });
    const { azureFile } = volume;
    if (azureFile && !hasKey(azureFile)) told('mount error(13): Permission denied');
    else foundation.runtime.mount(this.#group, volume, told);
  }

  /** Starts the next init container, and after the last one all others. */
  #next(): void {
    const next = this.init.find(({ finished }) => !finished);
    if (next) next.begin();
    if (next || this.#started || this.brokenInit) return;
    this.#started = true;
    for (const container of this.main) container.begin();
  }

  #changed(): void {
    if (this.#over) return;
    const last = this.init.findLast(({ finished }) => finished);
    const waits = this.init.find(({ finished }) => !finished);
    // One init container has ended and the next has not begun.
    if (last && !this.brokenInit && !waits?.events.list().length) this.#next();
    this.#parts.changed();
  }

  #after(ms: number, run: () => void): void {
    this.#cancels.push(this.#parts.foundation.timeline.after(ms, run));
  }
}

/** Whether a share can be opened: a GET has no key, so a PUT of what it gave has none either. */
function hasKey(share: object): boolean {
  const ways = ['storageAccountKey', 'storageAccountKeyReference', 'userManagedIdentityClientId'];
  return ways.some((way) => way in share);
}
