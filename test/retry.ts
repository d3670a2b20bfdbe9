import { jest } from '@jest/globals';

// These rings stand on a real engine on a machine that may be busy. A test that fails is run once
// more, and the first failure is printed all the same.
jest.retryTimes(1, { logErrorsBeforeRetry: true, retryImmediately: true });
