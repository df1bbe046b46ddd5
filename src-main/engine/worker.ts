import { parentPort, workerData } from 'node:worker_threads';
import { serveOverPort } from '../ipc/serve-over-port.ts';
import { createEngine, type EngineOptions } from './index.ts';

// The composition root of the engine's thread. It never imports electron: a worker thread has none.
if (parentPort === null) throw new Error('The engine runs as a worker thread, not by itself');
serveOverPort(parentPort, createEngine(workerData as EngineOptions));
