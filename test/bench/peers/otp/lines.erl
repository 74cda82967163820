%% The line between the suite and the agents, on descriptor 3: a request is `Id Name Words...`, its answer `Id ok Words...` or
%% `Id error Reason`. Standard output is left to OTP's logger. The end of the line is the end of the agents.
-module(lines).
-export([main/1]).

main([Work | Arguments]) ->
    Module = list_to_atom(Work),
    ok = Module:open(Arguments),
    Port = open_port({fd, 3, 3}, [binary, eof, {line, 4096}]),
    say(Port, <<"ready">>),
    loop(Port, Module, #{}).

loop(Port, Module, Asked) ->
    receive
        {Port, {data, {eol, Line}}} ->
            [Id, Name | Words] = binary:split(Line, <<" ">>, [global]),
            {_, Monitor} = spawn_monitor(fun() -> answer(Port, Id, Module:call(Name, Words)) end),
            loop(Port, Module, Asked#{Monitor => Id});
        {'DOWN', Monitor, process, _, Reason} ->
            {Id, Rest} = maps:take(Monitor, Asked),
            fail(Port, Id, Reason),
            loop(Port, Module, Rest);
        {Port, eof} ->
            Module:close(),
            halt()
    end.

answer(Port, Id, Words) -> say(Port, lists:join($\s, [Id, <<"ok">> | [word(Word) || Word <- Words]])).

word(Word) when is_binary(Word) -> Word;
word(Word) when is_integer(Word) -> integer_to_binary(Word);
word(Word) when is_float(Word) -> float_to_binary(Word, [{decimals, 6}, compact]).

fail(_Port, _Id, normal) -> ok;
fail(Port, Id, Reason) -> say(Port, [Id, " error ", io_lib:format("~0tp", [Reason])]).

say(Port, Line) -> true = port_command(Port, [Line, $\n]).
