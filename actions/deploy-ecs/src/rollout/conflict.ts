import type { Service } from '@aws-sdk/client-ecs';
import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import { formatDuration } from '@slipway/shared/time/duration';
import { jittered } from '@slipway/shared/time/poll';
import type { Settings } from '../settings.ts';
import type { InFlight } from './in-flight.ts';

/** What to do about a deployment that is in flight, and what to find out about it. */
export interface ConflictTools {
  settings: Pick<Settings, 'on-conflict' | 'lock-timeout'>;
  service: string;
  clock: Clock;
  say(line: string): void;
  quote(line: string): void;
  look(signal: AbortSignal): Promise<Seen>;
  /** Whether it brings what this run would bring. */
  isOurs(service: Service, inFlight: InFlight, signal: AbortSignal): Promise<boolean>;
}

/** A service as it is at one moment; undefined where there is none. */
export interface Seen {
  service: Service | undefined;
  /** Undefined where nothing is in flight. */
  inFlight: InFlight | undefined;
}

const pause = 3_000;

/**
 * Waits until nobody else's deployment is in flight, or takes it over, or fails; as `on-conflict`
 * says. One that brings what this run would bring is no conflict: it is taken up.
 * @returns what was seen last, which a plan may stand on
 */
export async function settleConflict(tools: ConflictTools, signal: AbortSignal): Promise<Seen> {
  const { clock, quote, say, settings } = tools;
  const start = clock.now();
  const limit = settings['lock-timeout'];
  let said = '';
  for (;;) {
    const seen = await tools.look(signal);
    const { service, inFlight } = seen;
    if (!service || !inFlight) return seen;
    if (!inFlight.ending && (await tools.isOurs(service, inFlight, signal))) {
      say('A deployment of the same task definition is in flight: this run takes it up.');
      return seen;
    }
    const facts = { service: tools.service, what: inFlight.deployment.taskDefinition || 'it' };
    switch (settings['on-conflict']) {
      case 'fail':
        throw Failure.of('ecs/in-flight', facts);
      case 'take-over':
        say('Another deployment is in flight: this run replaces it, as on-conflict says.');
        return seen;
      default:
    }
    const waited = clock.now() - start;
    if (waited >= limit) {
      throw Failure.of('ecs/in-flight-timeout', { ...facts, waited: formatDuration(limit) });
    }
    if (said === '') say('Another deployment is in flight: waiting until it is over.');
    if (inFlight.text !== said) quote(inFlight.text);
    said = inFlight.text;
    await clock.sleep(Math.min(jittered(pause), limit - waited), signal);
  }
}
