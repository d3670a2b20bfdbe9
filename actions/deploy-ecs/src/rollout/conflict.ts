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
  /** The service as it is now, and what is in flight. */
  look(signal: AbortSignal): Promise<{ service: Service | undefined; inFlight?: InFlight }>;
  /** Whether it brings what this run would bring. */
  isOurs(service: Service, inFlight: InFlight, signal: AbortSignal): Promise<boolean>;
}

const pause = 3_000;

/**
 * Waits until nobody else's deployment is in flight, or takes it over, or fails; as `on-conflict`
 * says. One that brings what this run would bring is no conflict: it is taken up.
 */
export async function settleConflict(tools: ConflictTools, signal: AbortSignal): Promise<void> {
  const { clock, quote, say, settings } = tools;
  const start = clock.now();
  const limit = settings['lock-timeout'];
  let said = '';
  for (;;) {
    const { service, inFlight } = await tools.look(signal);
    if (!service || !inFlight) return;
    if (!inFlight.ending && (await tools.isOurs(service, inFlight, signal))) {
      say('A deployment of the same task definition is in flight: this run takes it up.');
      return;
    }
    const facts = { service: tools.service, what: inFlight.deployment.taskDefinition || 'it' };
    switch (settings['on-conflict']) {
      case 'fail':
        throw Failure.of('ecs/in-flight', facts);
      case 'take-over':
        say('Another deployment is in flight: this run replaces it, as on-conflict says.');
        return;
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
