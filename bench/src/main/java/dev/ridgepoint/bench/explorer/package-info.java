/**
 * What a model would take: the estimator's answers on a grid of shapes, formats and machines, for a
 * page to choose from that does not compute them itself.
 */
package dev.ridgepoint.bench.explorer;
