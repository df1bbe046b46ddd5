import { connect } from '../client.ts';
import { followCache } from './live.ts';
import { askForFirstRows, createQueryClient } from './queries.ts';
import { rowsFirst } from './rows-first.ts';

export const client = rowsFirst(connect());
export const queries = createQueryClient();

// Watched from before the list is read, so that no change falls between the two. Both are on their way while the rest
// of the interface is still being evaluated.
followCache(client, queries);
askForFirstRows(client, queries);
