package dev.ridgepoint.estimator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code ERRATA.md} promises that each of its entries has a test of the same number. */
class ErrataPageTest {
  private static final Path PAGE = Path.of("ERRATA.md");
  private static final Path TESTS = Path.of("../src-test/estimator/java");

  /** What is left over of a tool, in a text: nothing to calculate. */
  private static final int WITHOUT_A_NUMBER = 66;

  private static final Pattern ENTRY = Pattern.compile("(?m)^\\*\\*([0-9, ]+)\\.");
  private static final Pattern CONTENTS = Pattern.compile("(?m)^\\| \\[.*\\| ([0-9, ]+) \\|$");
  private static final Pattern TEST = Pattern.compile("void (erratum[0-9]{3}\\w*)\\(");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");
  private static final Pattern RANGE = Pattern.compile("([0-9]{3})To([0-9]{3})");

  @Test
  void everyNumberIsExplained() throws IOException {
    assertEquals(
        IntStream.rangeClosed(1, 113).boxed().collect(Collectors.toCollection(TreeSet::new)),
        numbers(ENTRY, Files.readString(PAGE)));
  }

  @Test
  void everyEntryStandsInTheContents() throws IOException {
    String page = Files.readString(PAGE);
    assertEquals(numbers(ENTRY, page), numbers(CONTENTS, page));
  }

  @Test
  void everyEntryHasATest() throws IOException {
    Set<Integer> expected = numbers(ENTRY, Files.readString(PAGE));
    expected.remove(WITHOUT_A_NUMBER);
    Set<Integer> tested = new TreeSet<>();
    for (Path file : files()) {
      TEST.matcher(Files.readString(file))
          .results()
          .map(test -> test.group(1))
          .forEach(name -> tested.addAll(numbersOf(name)));
    }
    assertEquals(expected, tested);
  }

  /** Of {@code erratum001And002Something} 1 and 2, of {@code erratum054To056Something} 54 to 56. */
  private static Set<Integer> numbersOf(String name) {
    String leading = name.replaceAll("^erratum((?:(?:And|To)?[0-9]{3})+).*", "$1");
    Set<Integer> numbers = new TreeSet<>(numbers(NUMBER, 0, leading));
    RANGE
        .matcher(leading)
        .results()
        .forEach(
            range ->
                IntStream.rangeClosed(
                        Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2)))
                    .forEach(numbers::add));
    return numbers;
  }

  /** All numbers in the first group of each match. */
  private static Set<Integer> numbers(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .flatMap(match -> numbers(NUMBER, 0, match.group(1)).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<Integer> numbers(Pattern pattern, int group, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult match) -> Integer.valueOf(match.group(group)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(TESTS)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
