/** Most bytes one `files.read` answers. Apart from the contract, so that the interface need not carry its schemas. */
export const MAX_READ_BYTES = 4 * 1024 * 1024;
