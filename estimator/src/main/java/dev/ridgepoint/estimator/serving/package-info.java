/**
 * Serving a model to many at once: how fast a replica answers, how many replicas a load needs, and
 * what happens in its queue.
 */
package dev.ridgepoint.estimator.serving;
