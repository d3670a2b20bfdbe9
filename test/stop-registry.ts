export { teardown as default } from './registry.ts';
