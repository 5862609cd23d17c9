package dev.ridgepoint.bench.compare;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Measurements against those of the first file.
 *
 * @param measurements all of them, in the order of the files; numbered from 1
 * @param matches steps that both sides have
 * @param unmatched steps that one side lacks
 */
public record Comparison(
    List<Measurements> measurements, List<Match> matches, List<Unmatched> unmatched) {

  /**
   * A step that was measured twice.
   *
   * @param before number of the measurements that are compared with
   * @param after number of those that are compared
   */
  record Match(StepKey step, int before, int after, Rate was, Rate is) {
    Ratio ratio() {
      return Ratio.of(was, is);
    }
  }

  /**
   * A step that has no partner.
   *
   * @param has number of the measurements that have it
   * @param lacks number of those that have not
   */
  record Unmatched(StepKey step, int has, int lacks) {}

  public Comparison {
    measurements = List.copyOf(measurements);
    matches = List.copyOf(matches);
    unmatched = List.copyOf(unmatched);
  }

  /**
   * Compares what is in files. Measurements are compared with the first file's of the same model;
   * if both files have one model alone, whatever it is called.
   *
   * @throws InvalidInputException one line with file, field and value, if a file cannot be read, or
   *     there is nothing to compare with the first measurements
   */
  public static Comparison of(List<Path> files) {
    List<Measurements> all = new ArrayList<>();
    files.forEach(file -> all.addAll(MeasurementFiles.read(file)));
    if (all.size() < 2) {
      throw new InvalidInputException(
          all.getFirst().file(), "has nothing beside it to be compared with; name another file");
    }
    List<Match> matches = new ArrayList<>();
    List<Unmatched> unmatched = new ArrayList<>();
    for (int i = 1; i < all.size(); i++) {
      int after = i;
      baseline(all, after).ifPresent(before -> match(all, before, after, matches, unmatched));
    }
    return new Comparison(all, matches, unmatched);
  }

  /** The number of the measurements that others are compared with, if they are with any. */
  Optional<Integer> against(int number) {
    return matches.stream().filter(match -> match.after() == number).map(Match::before).findFirst();
  }

  /**
   * What a step does: the same in both of two measurements that were compared, so that it is enough
   * if one of their files says so.
   */
  Optional<Counted> counted(int number, StepKey step) {
    Stream<Integer> partners =
        matches.stream()
            .filter(match -> match.step().equals(step))
            .filter(match -> match.before() == number || match.after() == number)
            .flatMap(match -> Stream.of(match.before(), match.after()));
    return Stream.concat(Stream.of(number), partners)
        .map(each -> measurements.get(each - 1).counted().get(step))
        .filter(Objects::nonNull)
        .findFirst();
  }

  /** Whether any step takes longer than before by more than {@code percent}, noise apart. */
  public boolean isAnySlowerBy(double percent) {
    return matches.stream().anyMatch(match -> match.ratio().isSlowerBy(percent));
  }

  /** The index of what measurements are compared with, if there is any. */
  private static Optional<Integer> baseline(List<Measurements> all, int after) {
    Measurements these = all.get(after);
    List<Measurements> first = ofFile(all, all.getFirst().file());
    for (int i = 0; i < Math.min(first.size(), after); i++) {
      if (first.get(i).model().equals(these.model())) {
        return Optional.of(i);
      }
    }
    boolean isOneModelEach = hasOneModel(first) && hasOneModel(ofFile(all, these.file()));
    return isOneModelEach ? Optional.of(0) : Optional.empty();
  }

  private static List<Measurements> ofFile(List<Measurements> all, String file) {
    return all.stream().filter(each -> each.file().equals(file)).toList();
  }

  private static boolean hasOneModel(List<Measurements> some) {
    return some.stream().map(Measurements::model).distinct().count() == 1;
  }

  private static void match(
      List<Measurements> all,
      int before,
      int after,
      List<Match> matches,
      List<Unmatched> unmatched) {
    Measurements was = all.get(before);
    Measurements is = all.get(after);
    was.rates()
        .forEach(
            (step, rate) -> {
              Rate partner = is.rates().get(step);
              if (partner == null) {
                unmatched.add(new Unmatched(step, before + 1, after + 1));
              } else {
                matches.add(new Match(step, before + 1, after + 1, rate, partner));
              }
            });
    is.rates().keySet().stream()
        .filter(step -> !was.rates().containsKey(step))
        .forEach(step -> unmatched.add(new Unmatched(step, after + 1, before + 1)));
  }
}
