package dev.ridgepoint.bench.cli.learn;

import java.util.List;

/**
 * An exercise of {@code LESSON.md}.
 *
 * @param number from 1
 * @param text what to know
 * @param commands what to run, each with {@code ridge} before it; the last one shows the answer
 * @param question for one number
 * @param thought what to think about afterwards
 */
record Exercise(
    int number,
    String title,
    List<String> text,
    List<String> commands,
    String question,
    String thought) {}
