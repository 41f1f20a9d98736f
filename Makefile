# Plain make over apxs. `make help` lists the targets.

APXS   ?= $(shell command -v apxs || command -v apxs2)
BUILD  ?= build
CC     ?= cc
# CI sets -Werror; a user's newer compiler should not stop the build.
WERROR ?=
# For sanitizers and coverage.
EXTRA  ?=

module := $(BUILD)/mod_session_security.so

core  := $(wildcard src/core/*.c)
glue  := mod_session_security.c $(wildcard src/*.c)
unit  := $(wildcard tests/unit/*.c)

core_o := $(core:%.c=$(BUILD)/%.o)
glue_o := $(glue:%.c=$(BUILD)/%.o) $(BUILD)/assets.o
unit_o := $(unit:%.c=$(BUILD)/%.o)

# Nothing where there is no apxs yet: `make test` and `make demo` install it.
apxs = $(if $(APXS),$(shell $(APXS) -q $(1)))

# httpd's and apr's own headers are not ours to warn about, hence -isystem.
apr_cflags   := $(call apxs,EXTRA_CPPFLAGS) \
                -isystem $(call apxs,APR_INCLUDEDIR) \
                -isystem $(call apxs,APU_INCLUDEDIR)
httpd_cflags := -isystem $(call apxs,INCLUDEDIR)
apr_libs      = $(shell $(call apxs,APR_CONFIG) --link-ld --libs) \
                $(shell $(call apxs,APU_CONFIG) --link-ld --libs)

warnings := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wundef \
            -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
            -Wpointer-arith -Wvla -Wno-missing-field-initializers

CFLAGS   ?= -O2 -g
# The same bytes wherever the tree lies.
here     := -ffile-prefix-map=$(CURDIR)=.
cflags   := -std=gnu11 -fPIC -fvisibility=hidden $(warnings) $(WERROR) $(here) \
            $(apr_cflags) -Isrc -Iinclude -MMD -MP
ldflags  := -Wl,-z,relro,-z,now

# `make V=1` shows the commands.
q   := $(if $(V),,@)
say := @echo

all: $(module)

$(module): $(core_o) $(glue_o)
	$(say) LINK $@
	$(q)$(CC) -shared $(CFLAGS) $(EXTRA) $(LDFLAGS) $(ldflags) -o $@ $^ -ljansson -lz

# Before the compiler misses a header of apr's.
ifeq ($(APXS),)
$(core_o) $(glue_o) $(unit_o) $(BUILD)/embed: | apxs
endif

apxs:
	@echo 'apxs is missing: install the package apache2-dev or httpd-devel,' \
	    'or say APXS=/path/to/apxs' >&2
	@exit 1

# The core is compiled without httpd's headers within reach.
$(core_o): $(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(say) CC $<
	$(q)$(CC) $(cflags) $(CFLAGS) $(CPPFLAGS) $(EXTRA) -c -o $@ $<

$(filter-out $(BUILD)/assets.o,$(glue_o)): $(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(say) CC $<
	$(q)$(CC) $(cflags) $(httpd_cflags) $(CFLAGS) $(CPPFLAGS) $(EXTRA) -c -o $@ $<

# --- the client, compiled in ---------------------------------------------

$(BUILD)/embed: static/embed.c $(wildcard static/*.h)
	@mkdir -p $(@D)
	$(say) CC $<
	$(q)$(CC) -std=gnu11 $(warnings) $(WERROR) $(apr_cflags) $(CFLAGS) -o $@ $< \
	    -ljansson -lz $(apr_libs)

# In the order in which they run, as one script.
client := $(patsubst %,static/client/%.js,native settings clock windows machine \
          server dialog cover input forms messages start)

$(BUILD)/assets.c: $(BUILD)/embed static/locales.json $(client)
	$(BUILD)/embed static/locales.json $@ $(client)

$(BUILD)/assets.o: $(BUILD)/assets.c
	$(say) CC $<
	$(q)$(CC) $(cflags) $(CFLAGS) $(CPPFLAGS) $(EXTRA) -c -o $@ $<

# --- tests ------------------------------------------------------------------

# A module as others would build it, beside ours.
example := $(BUILD)/mod_session_security_example.so

example: $(example)

$(example): tests/modules/mod_example.c include/mod_session_security.h
	@mkdir -p $(@D)
	$(say) CC $<
	$(q)$(CC) -std=gnu11 -fPIC -shared $(warnings) $(WERROR) $(apr_cflags) \
	    $(httpd_cflags) -Iinclude $(CFLAGS) $(EXTRA) $(LDFLAGS) -o $@ $<

$(unit_o): $(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(say) CC $<
	$(q)$(CC) $(cflags) -Wno-gnu-zero-variadic-macro-arguments $(CFLAGS) $(CPPFLAGS) $(EXTRA) -c -o $@ $<

$(BUILD)/unit: $(unit_o) $(core_o)
	$(say) LINK $@
	$(q)$(CC) $(CFLAGS) $(EXTRA) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs check) \
	    $(apr_libs)

unit: $(BUILD)/unit
	cd tests && "$(abspath $(BUILD))/unit"

test:
	tests/run

guards: all
	tests/guards/run

http: all example
	tests/run http

browser: all
	tests/run browser

packages:
	tests/run packages

demo:
	demo/run

# QUICK=1: under three minutes, printed only. PART=encrypted: that part alone.
bench: all
	MSS_MODULE="$(abspath $(module))" QUICK=$(QUICK) PART=$(PART) bench/run.mjs

# SOAK_REQUESTS, SOAK_SESSIONS: smaller than a million and ten thousand.
soak: all
	MSS_MODULE="$(abspath $(module))" bench/soak.mjs
	MSS_MODULE="$(abspath $(module))" MSS_TRANSFER_MIB=1024 node --test \
	    --test-name-pattern='lose no byte' tests/http/attack-faults.test.mjs

# --- fuzzing: clang's libFuzzer ---------------------------------------------

FUZZ_SECONDS ?= 60

fuzzers   := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz_bin  := $(fuzzers:%=$(BUILD)/fuzz/%)
fuzz_core := $(core:%.c=$(BUILD)/fuzz/%.o)
fuzz_cc   := clang $(cflags) -g -O1 -fsanitize=address,undefined \
             -fno-sanitize-recover=all

$(fuzz_core): $(BUILD)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(say) FUZZ CC $<
	$(q)$(fuzz_cc) -fsanitize=fuzzer-no-link -c -o $@ $<

$(fuzz_bin): $(BUILD)/fuzz/%: tests/fuzz/%.c $(wildcard tests/fuzz/*.h) $(fuzz_core)
	$(say) FUZZ LINK $@
	$(q)$(fuzz_cc) -fsanitize=fuzzer -o $@ $< $(fuzz_core) $(apr_libs) -lexpat

# Says where the element goes, for a test that makes documents up.
$(BUILD)/place: tests/fuzz/place.c $(filter $(BUILD)/src/core/scan% %/charset.o %/meta.o,$(core_o))
	$(say) LINK $@
	$(q)$(CC) $(cflags) $(CFLAGS) $(EXTRA) $(LDFLAGS) -o $@ $^ $(apr_libs)

# Finds new inputs; what it found interesting stays in $(BUILD)/fuzz/corpus, what
# makes a target fail in $(BUILD)/fuzz.
fuzz: $(fuzz_bin)
	@for name in $(fuzzers); do \
	    mkdir -p $(BUILD)/fuzz/corpus/$$name && echo "== $$name" \
	    && $(BUILD)/fuzz/$$name -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
	        -max_len=1000 -verbosity=0 -print_final_stats=1 \
	        -artifact_prefix=$(BUILD)/fuzz/$$name- \
	        $(BUILD)/fuzz/corpus/$$name tests/corpus/fuzz/$$name || exit 1; \
	done
	MSS_DOCUMENTS=$$(($(FUZZ_SECONDS) * 500)) node --test tests/http/generated.test.mjs

# Each input of the corpora once.
fuzz-replay: $(fuzz_bin)
	@for name in $(fuzzers); do \
	    $(BUILD)/fuzz/$$name -artifact_prefix=$(BUILD)/fuzz/$$name- \
	        tests/corpus/fuzz/$$name/* \
	        2>$(BUILD)/fuzz/replay.log \
	    || { cat $(BUILD)/fuzz/replay.log; exit 1; }; \
	    echo "$$name: $$(grep -c '^Executed' $(BUILD)/fuzz/replay.log) inputs"; \
	done

# --- analysis ---------------------------------------------------------------

# One by one, for make -j.
tidied := $(addprefix tidy-,$(core) $(glue))

$(tidied): tidy-%: $(BUILD)/assets.c
	$(q)clang-tidy --quiet $* -- $(filter-out -MMD -MP,$(cflags)) $(httpd_cflags)

tidy: $(tidied)

cppcheck:
	cppcheck --quiet --enable=warning,portability,performance \
	    --error-exitcode=1 --inline-suppr --std=c11 -Isrc -Iinclude \
	    -DAPR_DECLARE_NONSTD\(x\)=x '-DAPR_DECLARE_EXTERNAL_HOOK(a,b,c,d,e)=' \
	    '-DAPR_IMPLEMENT_OPTIONAL_HOOK_RUN_ALL(a,b,c,d,e,f,g,h)=' \
	    '-DAPR_DECLARE_OPTIONAL_FN(a,b,c)=' $(core) $(glue) static/embed.c

format:
	clang-format -i $(core) $(glue) $(unit) tests/modules/*.c src/*.h src/core/*.h include/*.h static/*.[ch] tests/fuzz/*.[ch]

format-check:
	clang-format --dry-run -Werror $(core) $(glue) $(unit) tests/modules/*.c src/*.h src/core/*.h include/*.h static/*.[ch] tests/fuzz/*.[ch]

# Both find their way through functions; neither finds anything, so nothing is
# excluded.
analyze:
	make -s BUILD=$(BUILD)/fanalyzer CC=gcc WERROR=-Werror CFLAGS='-O1 -g' \
	    EXTRA=-fanalyzer all
	scan-build --status-bugs -o $(BUILD)/scan \
	    make -s BUILD=$(BUILD)/scan-build CC=clang all

# The HTTP tests again, with the module built for it: ONLY=races for one file.
asan tsan valgrind:
	tests/sanitize $@ $(ONLY)

coverage:
	tests/coverage $(ONLY)

# --- installation -----------------------------------------------------------

libexec    = $(DESTDIR)$(call apxs,LIBEXECDIR)
includedir = $(DESTDIR)$(call apxs,INCLUDEDIR)

# No line of any configuration: that is the administrator's, or the package's.
install: all
	install -d "$(libexec)" "$(includedir)"
	install -m 644 $(module) "$(libexec)/"
	install -m 644 include/mod_session_security.h "$(includedir)/"

uninstall:
	rm -f "$(libexec)/$(notdir $(module))" "$(includedir)/mod_session_security.h"

# --- packages ---------------------------------------------------------------

version := $(shell sed -nE 's/^\#\# \[([0-9][^]]*)\].*/\1/p' CHANGELOG.md | head -n 1)
tarball := $(BUILD)/mod_session_security-$(version).tar.gz

# What is committed; -n leaves the time of packing out.
dist:
	@mkdir -p $(BUILD)
	git -c tar.tar.gz.command='gzip -9n' archive --output=$(tarball) \
	    --prefix=mod_session_security-$(version)/ HEAD
	$(say) $(tarball)

# What is in the tree, committed or not.
deb rpm:
	tools/build-package $@ $(BUILD)/$@

clean:
	rm -rf build

help:
	@echo 'make            build $(module)'
	@echo 'make demo       a running Apache with a login, on a free port'
	@echo 'make test       everything: unit, guards, HTTP and browser tests'
	@echo 'make unit | guards | http | browser | packages   one of them'
	@echo 'make install    into $(call apxs,LIBEXECDIR); make uninstall'
	@echo 'make deb | rpm  a package, into $(BUILD)/deb or $(BUILD)/rpm; make dist: a tarball'
	@echo 'make fuzz       FUZZ_SECONDS=60 for each target; make fuzz-replay: the corpora'
	@echo 'make bench      what the module costs; QUICK=1: under three minutes'
	@echo 'make soak       a million requests, 1 GiB over restarts; SOAK_REQUESTS=, SOAK_SESSIONS='
	@echo 'make asan | tsan | valgrind   HTTP tests under a sanitizer'
	@echo 'make coverage   what of src/ the tests reach'
	@echo 'make analyze    gcc -fanalyzer and scan-build'
	@echo 'make tidy | cppcheck | format | format-check | clean'

.PHONY: all apxs example unit test guards http browser packages demo bench soak fuzz \
        fuzz-replay tidy $(tidied) cppcheck analyze asan tsan valgrind coverage format \
        format-check install uninstall dist deb rpm clean help
.DELETE_ON_ERROR:

-include $(fuzz_core:.o=.d) $(core_o:.o=.d) $(glue_o:.o=.d) $(unit_o:.o=.d)
