import { Image } from 'microsandbox';
import { answer, type Job, readJob, repeated, timed } from './job.ts';

// The microsandbox SDK in process; its home comes with MSB_HOME.

const job = readJob();

const TASKS: Readonly<Record<Job['task'], () => Promise<Parameters<typeof answer>[0]>>> = {
  // Without a change before each: it reads all rows in any case.
  list: async () => ({ ms: await repeated(job, () => Image.list()) }),
  'list-again': () => TASKS.list(),
  inspect: async () => ({
    ms: await repeated(job, (turn) => Image.inspect(job.references[turn % job.references.length]!)),
  }),
  inventory: () => Promise.reject(new Error('the SDK has no inventory')),
  idle: async () => ({ ms: [] }),
  prune: async () => ({ ms: [await timed(() => Image.prune())] }),
  'prune-cold': async () => ({ ms: [await timed(() => Image.prune())] }),
  remove: async () => ({
    ms: [
      await timed(async () => {
        for (const reference of job.references) await Image.remove(reference);
      }),
    ],
  }),
};

answer(await TASKS[job.task]());
