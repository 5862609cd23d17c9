/**
 * Small English stories, drawn from a seed: a text to train and judge small models with that needs
 * no download and has no end. A {@link Grammar} of plots and a list of words, both resources, make
 * them; what a story has once named it remembers.
 */
package dev.ridgepoint.model.stories;
