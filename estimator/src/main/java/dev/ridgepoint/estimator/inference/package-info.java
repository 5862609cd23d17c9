/**
 * What inference costs beyond one step: generations, the memory that decides what fits, where a
 * device's ridge is crossed, rules of thumb with their errors, compression.
 */
package dev.ridgepoint.estimator.inference;
