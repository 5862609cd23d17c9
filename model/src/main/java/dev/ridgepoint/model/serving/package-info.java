/**
 * Serves sequences with a {@link dev.ridgepoint.model.Program}: {@link
 * dev.ridgepoint.model.serving.Sequence} is one of them with its KV cache, {@link
 * dev.ridgepoint.model.serving.Session} continues one from turn to turn, {@link
 * dev.ridgepoint.model.serving.Scheduler} serves many at once. Every step of all of them is one
 * forward pass over the tokens that each sequence brings: a piece of its prompt, its last token, or
 * that and a few guesses at what follows ({@link dev.ridgepoint.model.serving.Drafter}).
 *
 * <p>Caches take pages of a pool as they grow, and sequences that begin alike may share them: see
 * {@link dev.ridgepoint.model.serving.PrefixCache}.
 */
package dev.ridgepoint.model.serving;
