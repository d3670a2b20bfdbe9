import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { TargetGroup, TargetHealth } from '../ecs/runtime.ts';

type HealthCheck = TargetGroup['healthCheck'];

/**
 * Asks a target as the health check of its group says, until the signal; each change is told.
 * @param address where it answers now; undefined while it does not run
 */
export function checkHealth(
  check: HealthCheck,
  address: () => string | undefined,
  signal: AbortSignal,
  tell: (health: TargetHealth) => void,
): void {
  watch(check, address, signal, tell).catch((error: unknown) => {
    if (!signal.aborted) console.error('local-cloud health check:', error);
  });
}

async function watch(
  check: HealthCheck,
  address: () => string | undefined,
  signal: AbortSignal,
  tell: (health: TargetHealth) => void,
): Promise<void> {
  let good = 0;
  let bad = 0;
  let state: TargetHealth['state'] | undefined;
  while (!signal.aborted) {
    const problem = await ask(check, address());
    if (signal.aborted) return;
    good = problem ? 0 : good + 1;
    bad = problem ? bad + 1 : 0;
    if (good >= check.healthyThreshold && state !== 'healthy') {
      state = 'healthy';
      tell({ state: 'healthy' });
    }
    if (problem && bad >= check.unhealthyThreshold && state !== 'unhealthy') {
      state = 'unhealthy';
      tell({ state: 'unhealthy', ...problem });
    }
    await delay(check.interval, undefined, { signal });
  }
}

// Codes and sentences of DescribeTargetHealth.
async function ask(
  { matcher, path, timeout }: HealthCheck,
  address: string | undefined,
): Promise<{ reason: string; description: string } | undefined> {
  if (address === undefined) {
    return { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' };
  }
  const status = await statusOf(`http://${address}${path}`, timeout);
  if (status === 'timeout') {
    return { reason: 'Target.Timeout', description: 'Request timed out' };
  }
  if (status === 'error') {
    return { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' };
  }
  if (accepts(matcher, status)) return undefined;
  return {
    reason: 'Target.ResponseCodeMismatch',
    description: `Health checks failed with these codes: [${status}]`,
  };
}

function statusOf(url: string, timeout: number): Promise<number | 'timeout' | 'error'> {
  return new Promise((resolve) => {
    const asked = get(url, { agent: false, timeout }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('timeout', () => {
      resolve('timeout');
      asked.destroy();
    });
    asked.on('error', () => resolve('error'));
  });
}

/** @param matcher `200`, `200,204` or `200-299` */
function accepts(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [least = '', most = least] = part.trim().split('-');
    return Number(least) <= status && status <= Number(most);
  });
}
