/** Calls of one client that may be under way, waiting ones included. More are refused, so that a flood costs no memory. */
export const MAX_CALLS_PER_CLIENT = 128;

/** Calls of one client whose handlers run at once; the others wait. A `files.read` may hold some 16 MB. */
export const MAX_RUNNING_PER_CLIENT = 24;

/** Longest input of a call: UTF-16 units of JSON text in a window, bytes of the body over HTTP. */
export const MAX_INPUT_LENGTH = 8 * 1024 * 1024;

/** Longest call name that is looked up at all. */
export const MAX_CALL_NAME_LENGTH = 64;
