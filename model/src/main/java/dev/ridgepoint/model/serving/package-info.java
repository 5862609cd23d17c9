/**
 * Serves sequences with a {@link dev.ridgepoint.model.Program}: {@link
 * dev.ridgepoint.model.serving.Sequence} is one of them with its KV cache, {@link
 * dev.ridgepoint.model.serving.Session} continues one from turn to turn, {@link
 * dev.ridgepoint.model.serving.Scheduler} serves many at once. Every step of all of them is one
 * forward pass over the tokens that each sequence brings: a piece of its prompt, its last token, or
 * that and a few guesses at what follows ({@link dev.ridgepoint.model.serving.Drafter}).
 *
 * <p>A sequence's cache is reserved in whole when it is admitted. Caches made of pages, which
 * sequences with the same beginning could share, need attention to read a head's values page by
 * page: its panels of values are as long as the cache.
 */
package dev.ridgepoint.model.serving;
