// Loaded before each test file (`node-arg` in package.json). tap watches every promise of the process to learn to which test an error belongs
// that nobody catches: a tenth of all time. Without that, such an error ends its test file, which fails.
import hooks from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';

const idle = { enable: () => idle, disable: () => idle };
hooks.createHook = () => idle;
syncBuiltinESMExports();
