import { type QueryClient, QueryObserver } from '@tanstack/react-query';
import { beforeEach, expect, test } from 'vitest';
import type { HomeState, HomeStatus } from '../../src-shared/domain/home.ts';
import type { Client } from '../client.ts';
import { askForFirstRows, createQueryClient, readListAgain } from './queries.ts';

let asked: { readonly name: string; readonly answer: (value: unknown) => void }[] = [];
let queries: QueryClient;

const client = {
  call: (name: string) =>
    new Promise((resolve) => {
      asked.push({ name, answer: (value) => resolve({ ok: true, value }) });
    }),
} as unknown as Client;

function home(status: HomeStatus): HomeState {
  return { home: '/mnt/usb', status } as HomeState;
}

const list = () => queries.getQueryState(['images.list', {}]);

beforeEach(async () => {
  asked = [];
  queries = createQueryClient();
  askForFirstRows(client, queries);
  await answer(home('open'), ['alpine']);
  for (const name of ['home.get', 'images.list']) {
    const { options } = queries.getQueryCache().find({ queryKey: [name, {}] })!;
    new QueryObserver(queries, { ...options, queryKey: [name, {}] }).subscribe(() => {});
  }
});

/** Answers the two calls that have been asked, the list first. */
async function answer(state: HomeState, images: readonly string[]): Promise<void> {
  expect(asked.map(({ name }) => name)).toEqual(['home.get', 'images.list']);
  const [first, second] = asked.splice(0);
  second!.answer(images);
  await settle();
  first!.answer(state);
  await settle();
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

test('asks for the list without waiting for the home', async () => {
  const read = readListAgain(queries);
  await settle();
  await answer(home('open'), ['alpine', 'python']);
  await read;
  expect(list()?.data).toEqual(['alpine', 'python']);
});

test('keeps the list of a cache that turns out to have gone, and reads it once that is back', async () => {
  const read = readListAgain(queries);
  await settle();
  await answer(home('no-database'), []);
  await read;
  expect(list()).toMatchObject({ data: ['alpine'], error: null });

  const again = readListAgain(queries);
  await settle();
  expect(asked.map(({ name }) => name)).toEqual(['home.get']);
  asked.splice(0)[0]!.answer(home('open'));
  await settle();
  expect(asked.map(({ name }) => name)).toEqual(['images.list']);
  asked.splice(0)[0]!.answer(['alpine', 'python']);
  await again;
  expect(list()?.data).toEqual(['alpine', 'python']);
});
