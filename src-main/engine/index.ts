export { createEngine, type Engine, type EngineOptions } from './engine.ts';
export { CacheFailure } from './failure.ts';
