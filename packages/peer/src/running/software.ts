/** What a peer says it runs. */
export const software = 'grapevine/0.1.0'
