import { StandardRetryStrategy } from '@smithy/core/retry';
import type { RetryErrorInfo, StandardRetryToken } from '@smithy/types';

/**
 * Repeats calls as the SDK does, up to three attempts, but for a throttled one: that goes to whoever
 * asks, who asks less often from then on. Two more attempts at once are what AWS asks not to make.
 */
export class OnceThrottled extends StandardRetryStrategy {
  constructor() {
    super(3);
  }

  override async refreshRetryTokenForRetry(
    token: StandardRetryToken,
    info: RetryErrorInfo,
  ): Promise<StandardRetryToken> {
    if (info.errorType === 'THROTTLING') throw new Error('whoever asks waits');
    return super.refreshRetryTokenForRetry(token, info);
  }
}
