/** Measurements of the same steps from different machines, models, commits or engines, compared. */
package dev.ridgepoint.bench.compare;
