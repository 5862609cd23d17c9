package dev.ridgepoint.model.stories;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.model.stories.Stories.Part;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoriesTest {
  private static final int MANY = 2_000;

  /** Names, ages and spelling that no story may have. */
  private static final Pattern FAULTS =
      Pattern.compile(
          "[{}\\[\\]|=/_]|  | [.,!?]|\\b[Aa] [aeiouAEIOU]|\\b[Aa]n [^aeiouAEIOU]|[.!?] [a-z]"
              + "|\\b(\\w+) \\1\\b|^$");

  @Test
  void areTheSameForASeed() {
    assertEquals(some(Part.TRAINING, 7, 20), some(Part.TRAINING, 7, 20));
    assertFalse(some(Part.TRAINING, 7, 1).equals(some(Part.TRAINING, 8, 1)));
    // Models are trained on what a seed gives: a change of words or rules changes this line.
    assertEquals(
        "Henry was a little boy who lived in a small valley. He was very kind. Henry and his friend"
            + " Yusuf wanted to go to the market. All week they had waited for this day. But just"
            + " then, it began to rain. It rained and rained.",
        some(Part.TRAINING, 1, 1).getFirst().lines().findFirst().orElseThrow());
  }

  @ParameterizedTest
  @EnumSource
  void areNeverTwice(Part part) {
    List<String> stories = some(part, 1, MANY);
    assertEquals(MANY, new HashSet<>(stories).size());
  }

  @Test
  void partsShareNoStory() {
    Set<String> training = new HashSet<>(some(Part.TRAINING, 1, MANY));
    assertTrue(some(Part.HELD_OUT, 1, MANY).stream().noneMatch(training::contains));
    long heldOut =
        Stream.concat(training.stream(), some(Part.HELD_OUT, 1, 1).stream())
            .filter(story -> Stories.part(story) == Part.HELD_OUT)
            .count();
    assertEquals(1, heldOut);
  }

  @ParameterizedTest
  @EnumSource
  void areWellFormed(Part part) {
    for (String story : some(part, 3, MANY)) {
      story
          .lines()
          .forEach(
              line -> {
                String spoken = line.replaceAll("([.!?])\" [a-z]", "$1\" X");
                assertFalse(FAULTS.matcher(spoken).find(), line);
                assertTrue(Character.isUpperCase(line.charAt(line.startsWith("\"") ? 1 : 0)), line);
                assertEquals(0, line.chars().filter(c -> c == '"').count() % 2, line);
              });
      assertTrue(story.split("\\s+").length >= 60, story);
      assertTrue(story.split("\\s+").length <= 250, story);
      assertTrue(story.endsWith(".") || story.endsWith("\"") || story.endsWith("!"), story);
    }
  }

  /** What a story has lost is what it finds, in its colour, and by whom it is asked. */
  @Test
  void rememberWhatTheyHaveNamed() {
    Pattern lost =
        Pattern.compile(
            "I (?:lost|cannot find) my (\\w+) ([a-z ]+),\" said (\\w+)\\..* (\\w+) saw something"
                + " (\\w+) .*It was the ([a-z ]+)!");
    int[] found = new int[1];
    some(Part.TRAINING, 5, MANY)
        .forEach(
            story ->
                lost.matcher(story)
                    .results()
                    .forEach(
                        match -> {
                          found[0]++;
                          assertEquals(match.group(1), match.group(5), story);
                          assertEquals(match.group(2), match.group(6), story);
                          assertFalse(match.group(3).equals(match.group(4)), story);
                        }));
    assertTrue(found[0] > MANY / 50, found[0] + " stories of something lost");
  }

  private static List<String> some(Part part, long seed, int count) {
    return Stories.of(part, seed).limit(count).toList();
  }
}
