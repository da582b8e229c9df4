// The sum of the words in a channel, least and greatest of all that came; for a short one in distributed RAM whose words are lengths.
logic [WIDTH+7:0] sum;
logic had_zero;
logic [WIDTH-1:0] greatest;
always_ff @(posedge clk)
  if (rst) begin
    sum <= '0;
    had_zero <= 1'b0;
    greatest <= '0;
  end else begin
    sum <= sum + (in_moves ? (WIDTH + 8)'(in_data) : '0) - (out_moves ? (WIDTH + 8)'(out_data) : '0);
    had_zero <= had_zero | (in_moves & in_data == '0);
    if (in_moves && in_data > greatest) greatest <= in_data;
  end
if (!REGISTERS && !BLOCK && WIDTH == 9) begin : summed
  localparam int BITS = DEPTH > 3 ? $clog2(DEPTH - 1) : 1;
  for (genvar i = 0; i < DEPTH; i++) begin : place
    wire [BITS-1:0] at = distributed.read_at + BITS'(i) - 1'b1;
    wire [WIDTH-1:0] value = i == 0 ? out_data : distributed.memory[at];
    wire is_inside = count > FILL_BITS'(i);
    wire [WIDTH+7:0] total = (is_inside ? (WIDTH + 8)'(value) : '0) + (i == 0 ? '0 : place[i == 0 ? 0 : i-1].total);
    always_comb if (began && is_inside) assert (value <= greatest && (had_zero || value != '0));
  end
  always_comb if (began) assert (place[DEPTH-1].total == sum);
end
