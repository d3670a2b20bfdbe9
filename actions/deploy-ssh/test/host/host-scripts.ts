import { readKey } from '../../src/keys/ssh-key.ts';
