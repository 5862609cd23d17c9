/** What serving came to: steps and their times, answers, pages in use, guesses. */
package dev.ridgepoint.model.trace;
