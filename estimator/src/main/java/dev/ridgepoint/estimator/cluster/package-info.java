/** What devices say to each other while they train one model, and which split of it is fastest. */
package dev.ridgepoint.estimator.cluster;
